/** Nothing more. Answers with each slot that counts (field, settled, held) and each hold. */
export const dumpScript = `
local counted, holds = {}, {}
local all = call('HGETALL', D)
for n = 1, #all, 2 do
  local field, value = all[n], all[n + 1]
  local kind = sub(field, 1, 2)
  if kind == 's:' then
    local slot = slotOf(value)
    counted[#counted + 1] = { field, text(slot.settled), text(slot.held) }
  elseif kind == 'r:' then
    local head = rolling(field, value)
    if head.first then
      counted[#counted + 1] = { 's:' .. text(head.newest) .. ':' .. sub(field, 3), text(head.newestSettled), text(head.newestHeld) }
    end
  elseif kind == 'h:' then
    holds[#holds + 1] = told(sub(field, 3), unpackHold(value))
  end
end
return { 'dump', text(seq), now, load, counted, holds }
`;
