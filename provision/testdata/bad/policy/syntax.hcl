fail_on = "warning
