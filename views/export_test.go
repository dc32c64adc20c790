package views

// The tests of whole pages stand outside the package, because the samples that
// they render import it. These names give them the parts they check.
var (
	Direction     = direction
	Draw          = draw
	OffersMethods = offersMethods
	OrderFields   = orderFields
	Placeholder   = placeholder
)

// QuietModules is the white margin of a drawn QR code.
const QuietModules = quietModules

// Box, Path and Caption are the parts of a drawing.
func (d drawing) Box() string     { return d.box }
func (d drawing) Path() string    { return d.path }
func (d drawing) Caption() string { return d.text }

// Keys are the keys of all texts.
func Keys() map[string]string { return catalogs[0].texts() }
