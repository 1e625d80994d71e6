environment "Production EU" {
}

environment "staging_2" {
}

environment "-try" {
}

environment "" {
}

environment "an-environment-whose-name-goes-on-and-on-for-ever" {
}
