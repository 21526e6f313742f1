"""What the server does in one step, by its own clock, so that those of the copies need not agree.

``pcall`` and ``or``: what is there may be of another kind, and counts as nothing then. Times are milliseconds, except
those of buckets, which are microseconds: a point may come back in twenty.
"""

from __future__ import annotations

PROBE = """
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('GET', KEYS[1])
"""
"""KEYS: name. ARGV: value, time to live. The value."""

GET = """
local held = redis.pcall('GETRANGE', KEYS[1], 0, ARGV[1])
return type(held) == 'string' and held or ''
"""
"""KEYS: name. ARGV: last byte to read."""

PUT = """
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
"""
"""KEYS: name. ARGV: value, time to live."""

SETTLE = """
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'string' and #held > 0 and #held <= tonumber(ARGV[3]) then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
"""
"""KEYS: name. ARGV: mark, time to live, largest mark. The mark that is there, else this one."""

REMOVE = """
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
"""KEYS: name. ARGV: mark."""

CHARGE = """
local time = redis.call('TIME')
local now, left = time[1] * 1000000 + time[2], {}
for i, name in ipairs(KEYS) do
  local held = redis.pcall('GET', name)
  local full_at = type(held) == 'string' and tonumber(held) or now
  if not (full_at > now) then full_at = now end
  full_at = math.min(full_at + ARGV[2 * i - 1], now + ARGV[2 * i])
  local wait = math.max(math.ceil(full_at - now), 1)
  redis.call('SET', name, string.format('%.0f', full_at), 'PX', math.ceil(wait / 1000))
  left[i] = wait
end
return left
"""
"""KEYS: buckets. ARGV, two for each: the time in which its points come back, the longest until it is full."""

ENTER = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, name in ipairs(KEYS) do
  if redis.call('TYPE', name).ok ~= 'zset' then redis.call('DEL', name) end
  redis.call('ZREMRANGEBYSCORE', name, '-inf', now)
end
local held, recent = redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2])
local room = held < tonumber(ARGV[3]) and held + recent < tonumber(ARGV[4])
if room or redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 0
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
return first[2] and math.max(first[2] - now, 1) or 20
"""
"""KEYS: places that are held, places that count. ARGV: lease, its time, most at once, most in the window."""

LEAVE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('TYPE', KEYS[2]).ok ~= 'zset' then redis.call('DEL', KEYS[2]) end
redis.pcall('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
"""
"""KEYS: as ``ENTER``. ARGV: lease, the window."""

ADD = """
local time = redis.call('TIME')
local now, all = time[1] * 1000 + math.floor(time[2] / 1000), 1
if redis.call('TYPE', KEYS[1]).ok ~= 'zset' then redis.call('DEL', KEYS[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local room = ARGV[2] - redis.call('ZCARD', KEYS[1])
for i = 3, #ARGV do
  local new = not redis.call('ZSCORE', KEYS[1], ARGV[i])
  if new and room <= 0 then all = 0 else redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i]) end
  if new then room = room - 1 end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return all
"""
"""KEYS: set. ARGV: time to live, how many at the most, members. Whether all of them are in it: 1 or 0."""

MEMBERS = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('TYPE', KEYS[1]).ok ~= 'zset' then return {} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZRANGE', KEYS[1], -ARGV[1], -1)
"""
"""KEYS: set. ARGV: how many at the most."""

ALL = (PROBE, GET, PUT, SETTLE, REMOVE, CHARGE, ENTER, LEAVE, ADD, MEMBERS)
