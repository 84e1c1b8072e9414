import HTTPTypes
import Hummingbird

extension Response {
    /// An answer as a response of Hummingbird.
    ///
    /// When the request was HEAD, everything is sent but the body.
    init(_ answer: Answer, requestID: String, isHead: Bool) {
        var fields = HTTPFields()
        for (name, value) in answer.allHeaders(requestID: requestID) {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        let body: ResponseBody =
            if isHead {
                ResponseBody()
            } else if answer.body.count == 1 {
                ResponseBody(byteBuffer: answer.body[0])
            } else {
                ResponseBody(contentsOf: answer.body)
            }
        self.init(status: HTTPResponse.Status(code: answer.status), headers: fields, body: body)
    }
}
