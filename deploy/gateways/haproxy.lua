-- Asks the Limiter about a request and leaves what it said in variables of the transaction: ratelimit_status, and the fields of the answer.
-- LIMITER is the address of its HTTP port, such as localhost:8080. LIMITER_TIMEOUT is how many milliseconds a request waits for the verdict
-- before it goes on without one.
local limiter = os.getenv("LIMITER") or "127.0.0.1:8080"
local patience = tonumber(os.getenv("LIMITER_TIMEOUT") or 100)
local fields = { "ratelimit", "ratelimit-policy", "retry-after", "x-ratelimit-request-id" }

core.register_action("ratelimit", { "http-req" }, function(txn)
  -- Whoever has an API key is limited by it, everybody else by address.
  local asked = { ["x-forwarded-for"] = { txn.sf:src() } }
  local key = txn.sf:req_hdr("x-api-key")
  if key and key ~= "" then
    asked["x-client-id"] = { key }
  end

  local answer = core.httpclient():get({ url = "http://" .. limiter .. "/check?domain=default", headers = asked, timeout = patience })
  if not answer or answer.status ~= 200 and answer.status ~= 429 then
    return   -- The Limiter is away or refuses the question: the request goes on.
  end

  txn:set_var("txn.ratelimit_status", answer.status)
  for _, name in ipairs(fields) do
    local values = answer.headers[name]
    txn:set_var("txn." .. name:gsub("-", "_"), values and values[0] or "")
  end
end, 0)
