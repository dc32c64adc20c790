package views

// lookupProblems lists the wrong fields of a lookup.
func lookupProblems(v LookupView) []problem {
	var list []problem
	for _, field := range []struct{ name, label string }{{"number", "order.number"}, {"email", "form.email"}} {
		if message := v.Errors[field.name]; message != "" {
			list = append(list, fieldProblem(field.name, field.label, message))
		}
	}
	return list
}
