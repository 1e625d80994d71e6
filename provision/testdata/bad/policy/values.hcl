fail_on   = "fatal"
tolerance = 11

ignore {
  reason = "everything"
}

waive "one-box/no-replica" {
  expires = "soon"
  reason  = "sessions may be lost"
}
