-- id: 1
-- name: Product by number
-- parameters: id INTEGER
-- schema: {"type":"object","properties":{"product_id":{"type":"integer"},"name":{"type":"string"}},"required":["product_id","name"],"additionalProperties":false}
-- timeout: 20
Which product has the number :id? Answer with its number and its name.
