# The content of a parity block is wanted, not the block.
parity {
  fail_on = "warning"
}
