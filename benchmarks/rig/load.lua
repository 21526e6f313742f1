-- What wrk sends: one body, and where BENCH_VARIED names a header, another value of it with each request.
local body = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.method = "POST"
wrk.body = body:read("*a")
wrk.headers["Content-Type"] = "application/json"
body:close()

if os.getenv("BENCH_AUTHORIZATION") then
  wrk.headers["Authorization"] = os.getenv("BENCH_AUTHORIZATION")
end

local varied, prefix, count = os.getenv("BENCH_VARIED"), os.getenv("BENCH_PREFIX"), 0
if varied then
  request = function()
    count = count + 1
    wrk.headers[varied] = prefix .. count
    return wrk.format()
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
