/**
 * grace, lease. Lets lapse, expire and go what is due, at most a hundred things. Answers with when to come again, 0 for
 * never, and the holds that changed. A partition in use may get holds that nobody has told of yet, hence the lease.
 */
export const sweepScript = `
local grace, lease, changed = tonumber(ARGV[4]), tonumber(ARGV[5]), {}
local due = call('ZRANGEBYSCORE', X, '-inf', text(now), 'LIMIT', 0, 100)
local over = {}
for _, member in ipairs(due) do
  local value = call('HGET', D, member)
  local kind = sub(member, 1, 1)
  local state = kind == 'h' and value and sub(value, 1, 1)
  if state == '0' or state == '1' then
    local hold = unpackHold(value)
    local whole, limits, after = quantities(hold.usd, hold.input, hold.output, 1), hold.limits, state == '0' and '1' or '2'
    local field = 'p:' .. sub(member, 3)
    local told = after == '2' and call('HGET', D, field)
    if told then
      local usd, input, output = unpacked('<ddd', told)
      hold.usd, hold.input, hold.output = math.min(hold.usd, usd), math.min(hold.input, input), math.min(hold.output, output)
      hold.charged = true
      drops[#drops + 1] = field
    end
    local charged = quantities(hold.usd, hold.input, hold.output, 1)
    look(limits)
    for k = 1, #limits, each do
      local of, window = limits[k + 2], limits[k + 3]
      if window ~= 'request' then
        local settled, held = share(state, of, window, whole)
        local settledAfter, heldAfter = share(after, of, window, after == '2' and charged or whole)
        change(limits, k, settledAfter - settled, heldAfter - held)
      end
    end
    hold.state = after
    set(member, packHold(hold))
    call('ZADD', X, text(now + (after == '1' and grace or 2 * dayMs)), member)
    changed[#changed + 1] = { sub(member, 3), hold }
  else
    if kind == 'r' and value then
      for _, gone in ipairs(rolling(member, value).gone or {}) do drops[#drops + 1] = gone end
    end
    drops[#drops + 1] = member
    over[#over + 1] = member
  end
end
if #over > 0 then call('ZREM', X, unpack(over)) end
if #due > 0 then commit() end
local next = call('ZRANGE', X, 0, 0, 'WITHSCORES')
local again = next[2] and tonumber(next[2]) or 0
if top[3] and tonumber(top[3]) + lease > now and (again == 0 or again > now + lease) then again = now + lease end
local answer = { 'swept', again, load }
for _, one in ipairs(changed) do answer[#answer + 1] = told(one[1], one[2]) end
return answer
`;
