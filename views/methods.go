package views

// fewMethods is how many are seen at a glance, without headings.
const fewMethods = 6

// A methodGroup is what stands under one heading; none over methods without a
// category.
type methodGroup struct {
	category string
	methods  []Method
	open     bool
}

// methodGroups puts many methods under headings, in the order in which the first
// of each group comes. A card that stands alone in front needs no heading. Open
// are the first group and the one that holds the choice, and those that would
// save no room closed.
func methodGroups(all []Method) []methodGroup {
	if len(all) <= fewMethods {
		return []methodGroup{{methods: all}}
	}
	var groups []methodGroup
	at := map[string]int{}
	for _, m := range all {
		i, begun := at[m.Category]
		if !begun {
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

// preview is what a closed group tells of itself.
func (g methodGroup) preview() []Method { return g.methods[:min(3, len(g.methods))] }
