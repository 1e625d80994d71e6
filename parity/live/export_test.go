package live

// RateOf is how many calls a second are made to a service at most.
func RateOf(name string) float64 { return serviceNamed(name).rate }
