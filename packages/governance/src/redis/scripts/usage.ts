/** Six for each rule, as for reserve. Answers with settled, held, and when there is room again, for each. */
export const usageScript = `
local answer = { 'usage' }
for a = 4, #ARGV, 6 do
  local meter, window, amount = ARGV[a], ARGV[a + 2], tonumber(ARGV[a + 3])
  local settled, held, resets = 0, 0, 0
  if window == 'rolling' then
    local head = rolling(meter, call('HGET', D, 'r:' .. meter))
    settled, held = head.settled, head.held
    if amount >= 1 then resets = roomAt(meter, head, settled + held + 1 - amount) end
  else
    local start = 0
    if window == 'calendar' then
      start, resets = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5])
      if now < start or now >= resets then return { 'period', now } end
    end
    settled, held = counts(call('HGET', D, slotField(start, meter)))
  end
  answer[#answer + 1] = { text(settled), text(held), resets }
end
call('HSET', D, 'now', text(now))
return answer
`;
