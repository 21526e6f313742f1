-- What wrk sends: one body, and where BENCH_VARIED names a header, another value of it with each request;
-- the same one with BENCH_FIXED, put together anew each time: that slows wrk down, and so what is measured.
local body = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.method = "POST"
wrk.body = body:read("*a")
wrk.headers["Content-Type"] = "application/json"
body:close()

if os.getenv("BENCH_AUTHORIZATION") then
  wrk.headers["Authorization"] = os.getenv("BENCH_AUTHORIZATION")
end

local varied, prefix, count = os.getenv("BENCH_VARIED"), os.getenv("BENCH_PREFIX"), 0
local step = os.getenv("BENCH_FIXED") and 0 or 1
if varied then
  request = function()
    count = count + step
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
