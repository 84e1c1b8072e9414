import FoundationEssentials

/// A folder with a self-signed certificate of `localhost`, its key, and a key that is not its own.
///
/// For tests only.
struct TLSFolder {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "hydrogen-\(UUID().uuidString)")

    var certificate: String { folder.appending(path: "certificate.pem").path }
    var key: String { folder.appending(path: "key.pem").path }
    var otherKey: String { folder.appending(path: "other.pem").path }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in [(certificate, Self.certificateText), (key, Self.keyText), (otherKey, Self.otherKeyText)] {
            try Data(text.utf8).write(to: URL(filePath: path))
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    private static let certificateText = """
        -----BEGIN CERTIFICATE-----
        MIIBnDCCAUGgAwIBAgIUJy2W36baFdDYxH3Gsy8qPKqrD44wCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA1NTQxN1oYDzIxMjYxMDI5
        MDU1NDE3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQN+8NVftwEkcsduieBEPL+p1J9Oz9QfcALBObL4jFTV1fGCsdhRmB+
        cazRYtMETfTRLDgwzm0IQLkgpFp5UFWqo28wbTAdBgNVHQ4EFgQU9M0x28j51KM9
        s1EPt2hkDA+wL2owHwYDVR0jBBgwFoAU9M0x28j51KM9s1EPt2hkDA+wL2owDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSQAwRgIhAJJVDZkQCQZkXeqeRJrTiIPIxyoJtCz9qFWijocGgIHvAiEA
        nTzmxX9fcRoefieQwK/OcjpsJH3IM+KCi2gyYrIQHjM=
        -----END CERTIFICATE-----
        """

    private static let keyText = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5LRl7OmbVgIJ8wzd
        74QNXlPGttMMVAxWMh7BhiA0eqihRANCAAQN+8NVftwEkcsduieBEPL+p1J9Oz9Q
        fcALBObL4jFTV1fGCsdhRmB+cazRYtMETfTRLDgwzm0IQLkgpFp5UFWq
        -----END PRIVATE KEY-----
        """

    private static let otherKeyText = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEINaBMqq+J4fxcdqw0xPNwtH+59wEopgYZ01Y+JAP51WFoAoGCCqGSM49
        AwEHoUQDQgAEpK1BBsIviLQbTl3JDghzLUo9ys0dcMXZ7Oe1Xx18oA2ZqjOs/uM/
        FwouBy4Vn+bGANFF6IIfRW3vJQDDcrLD1g==
        -----END EC PRIVATE KEY-----
        """
}
