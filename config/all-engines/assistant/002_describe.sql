-- id: 2
-- name: A sentence about a product
-- parameters: name STRING [1..100]
-- timeout: 20
Describe the product ":name" in one sentence.
