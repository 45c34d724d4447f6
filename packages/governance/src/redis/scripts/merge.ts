/**
 * lease, grace, and as JSON holds as for a seed, each with what it used (or nothing), the epoch it was made in and the
 * epoch in which it was written down. Adds what the partition does not know of them: not those made in what it holds now,
 * nor those that were written down before it was filled.
 */
export const mergeScript = `
local lease, grace, ranks = tonumber(ARGV[4]), tonumber(ARGV[5]), { ['0'] = 0, ['1'] = 1, ['2'] = 2, closed = 3 }
local merged = 0
for _, one in ipairs(cjson.decode(ARGV[6])) do
  local id, code, usd, input, output, limits, charged, used, madeIn, writtenIn = unpack(one)
  local value = call('HGET', D, 'h:' .. id)
  local hold = value and unpackHold(value)
  local after = hold and ranks[hold.state] > ranks[code] and hold.state or code
  if madeIn ~= load and load == writtenIn and (hold or not isClosed(id)) then
    local before = hold and quantities(hold.usd, hold.input, hold.output, 1)
    -- What a hold was charged with when it expired stays, whatever else comes; of two charges the larger.
    local isCharged, wasCharged = code == '2' and charged == 1, hold and hold.state == '2' and hold.charged
    if wasCharged and code ~= '2' then usd, input, output = hold.usd, hold.input, hold.output
    elseif hold and not (isCharged and hold.state ~= '2') then
      usd, input, output = math.max(usd, hold.usd), math.max(input, hold.input), math.max(output, hold.output)
      if code == '2' and hold.state == '2' then isCharged, wasCharged = isCharged and wasCharged, false end
    end
    if after ~= '0' and after ~= '1' then drops[#drops + 1] = 'p:' .. id end
    local whole = quantities(usd, input, output, 1)
    local taken = after == 'closed' and quantities(used[2], used[3], used[4], used[1])
    local row = {}
    for _, limit in ipairs(limits) do
      local meter, of, window, amount, start, finish, length = unpack(limit)
      local k = #row + 1
      row[k], row[k + 1] = 's:' .. text(start) .. ':' .. meter, window == 'rolling' and 'r:' .. meter or ''
      row[k + 2], row[k + 3], row[k + 4], row[k + 5], row[k + 6], row[k + 7] = of, window, amount, start, finish, length
    end
    if hold then row = hold.limits end
    look(row)
    for k = 1, #row, each do
      local of, window = row[k + 2], row[k + 3]
      if window ~= 'request' then
        local settled, held = share(after, of, window, whole, taken)
        local settledBefore, heldBefore = 0, 0
        if hold then settledBefore, heldBefore = share(hold.state, of, window, before) end
        change(row, k, settled - settledBefore, held - heldBefore)
      end
    end
    merged = merged + 1
    if after == 'closed' then
      drops[#drops + 1] = 'h:' .. id
      call('ZREM', X, 'h:' .. id)
      addClosed(id)
    else
      set('h:' .. id, packHold({ state = after, usd = usd, input = input, output = output, limits = row,
        charged = (isCharged or wasCharged) and true or nil }))
      local left = after == '0' and lease or after == '1' and grace or 2 * dayMs
      if not hold or hold.state ~= after then call('ZADD', X, text(now + left), 'h:' .. id) end
    end
  end
end
if merged > 0 then commit() end
return { 'merged', text(seq), now, load, merged }
`;
