package views

// fewMethods is how many methods are listed without headings.
const fewMethods = 6

// A methodGroup is the methods under one heading. A group without a category has no
// heading.
type methodGroup struct {
	category string
	methods  []Method
	open     bool
}

// methodGroups puts many methods under headings, ordered by the first method of each
// group. A single card at the top needs no heading. Open are the first group, the
// group that holds the choice, and groups that are as small open as closed.
func methodGroups(all []Method) []methodGroup {
	if len(all) <= fewMethods {
		return []methodGroup{{methods: all}}
	}
	var groups []methodGroup
	at := map[string]int{}
	for _, m := range all {
		i, known := at[m.Category]
		if !known {
			i = len(groups)
			at[m.Category] = i
			groups = append(groups, methodGroup{category: m.Category})
		}
		groups[i].methods = append(groups[i].methods, m)
		groups[i].open = groups[i].open || m.Checked
	}
	opened := false
	for i := range groups {
		g := &groups[i]
		if i == 0 && g.category == "card" && len(g.methods) == 1 {
			g.category = ""
			continue
		}
		g.open = g.open || !opened || len(g.methods) <= 3
		opened = true
	}
	return groups
}

// preview is the methods that a closed group names.
func (g methodGroup) preview() []Method { return g.methods[:min(3, len(g.methods))] }
