-- wrk script: push messages into partitions taken in turn.
--   wrk ... URL -- BATCH PARTITIONS RUN QUEUE
-- Transaction ids are of the RUN, so that no run repeats those of another. Prints one line "RESULT {json}" at the end.

local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("seed", threads)
end

function init(arguments)
    batch, partitions = tonumber(arguments[1]), tonumber(arguments[2])
    run, queue, number, turn = arguments[3], arguments[4], 0, 0
    parts = {}
    path, headers = "/api/v1/push", { ["Content-Type"] = "application/json" }
end

function request()
    turn = turn + 1
    local partition = (turn * 7 + seed * 31) % partitions
    for i = 1, batch do
        number = number + 1
        parts[i] = string.format(
            '{"queue":"%s","partition":"p%d","transactionId":"%s-%d-%d","payload":{"message":"Hello World","partition_id":%d}}',
            queue, partition, run, seed, number, partition)
    end
    return wrk.format("POST", path, headers, '{"items":[' .. table.concat(parts, ",", 1, batch) .. "]}")
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
