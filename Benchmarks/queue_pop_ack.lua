-- wrk script: pop a batch, then acknowledge it. As many threads as connections: an answer belongs to the last request.
--   wrk ... URL -- BATCH GROUP QUEUE
-- Prints one line "RESULT {json}" at the end.

function init(arguments)
    batch, group, queue = arguments[1], arguments[2], arguments[3]
    headers = { ["Content-Type"] = "application/json" }
    pop = wrk.format("GET", string.format("/api/v1/pop/queue/%s?batch=%s&consumerGroup=%s", queue, batch, group))
    following = pop
end

function request()
    local now = following
    following = pop
    return now
end

function response(status, _, body)
    if status ~= 200 or not body:find('"messages":[', 1, true) then return end
    local parts = {}
    local lease = body:match('"leaseId":"([^"]+)"')
    for transaction, partition in body:gmatch('"transactionId":"([^"]+)".-"partitionId":"([^"]+)"') do
        parts[#parts + 1] = string.format(
            '{"transactionId":"%s","partitionId":"%s","leaseId":"%s","status":"completed"}', transaction, partition, lease)
    end
    following = wrk.format("POST", "/api/v1/ack/batch", headers,
        string.format('{"consumerGroup":"%s","acknowledgments":[%s]}', group, table.concat(parts, ",")))
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"requests":%d,"microseconds":%d,"bytes":%d,"p50_ms":%.3f,"p99_ms":%.3f,'
            .. '"connect_errors":%d,"read_errors":%d,"write_errors":%d,"status_errors":%d,"timeouts":%d}\n',
        summary.requests, summary.duration, summary.bytes,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
