/** Six for each rule, as for reserve. Answers with settled, held, and when there is room again, for each. */
export const usageScript = `
local answer = { 'usage' }
for a = 4, #ARGV, 6 do
  local meter, window, amount = ARGV[a], ARGV[a + 2], tonumber(ARGV[a + 3])
  local counted, resets = nil, 0
  if window == 'rolling' then
    local field = 'r:' .. meter
    counted = rolling(field, call('HGET', D, field))
    if amount >= 1 then resets = roomAt(counted, field, counted.settled + counted.held + 1 - amount) end
  else
    local start = '0'
    if window == 'calendar' then
      start, resets = ARGV[a + 4], tonumber(ARGV[a + 5])
      if now < tonumber(start) or now >= resets then return { 'period', now } end
    end
    counted = slotOf(call('HGET', D, 's:' .. start .. ':' .. meter))
  end
  answer[#answer + 1] = { text(counted.settled), text(counted.held), resets }
end
call('HSET', D, 'now', text(now))
return answer
`;
