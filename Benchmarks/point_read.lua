-- wrk script: GET a path whose number varies, from a list prepared before the clock starts.
--   wrk ... URL -- PREFIX SUFFIX HIGHEST_ID
-- Prints one line "RESULT {json}" at the end. With HIGHEST_ID 0 the path is PREFIX alone.

local prepared = 4000
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("seed", threads)
end

function init(arguments)
    local prefix, suffix, highest = arguments[1], arguments[2], tonumber(arguments[3])
    paths, turn = {}, 0
    local number = seed * 7919
    for i = 1, prepared do
        -- A linear congruence: every thread has its own sequence, the same in each run.
        number = (number * 16807 + 11) % 2147483647
        local path = highest > 0 and (prefix .. (number % highest + 1) .. suffix) or prefix
        paths[i] = wrk.format("GET", path)
    end
end

function request()
    turn = turn % prepared + 1
    return paths[turn]
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
