package antom

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// PlainText makes text fit for a request: letters lose their accents, a few others
// are spelled out, what has no likeness in ASCII is left out, spaces are
// joined, and the rest is cut to limit characters. It may come out empty; it
// never fails, because no payment should fail for a name.
func PlainText(text string, limit int) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		default:
			b.WriteString(spelling(r))
		}
	}
	plain := strings.Join(strings.Fields(b.String()), " ")
	return strings.TrimSpace(plain[:min(len(plain), limit)])
}

// spelled are the letters and marks that no decomposition makes ASCII.
var spelled = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'æ': "ae", 'Æ': "AE", 'œ': "oe", 'Œ': "OE", 'ø': "o", 'Ø': "O",
	'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th", 'ł': "l", 'Ł': "L",
	'ħ': "h", 'Ħ': "H", 'ı': "i", 'ŋ': "n", 'Ŋ': "N", 'ŧ': "t", 'Ŧ': "T",
	'‘': "'", '’': "'", '‚': "'", '“': "\"", '”': "\"", '„': "\"", '«': "\"", '»': "\"",
	'‐': "-", '‑': "-", '–': "-", '—': "-", '−': "-", '×': "x", '·': "-", '•': "-", '⁄': "/",
	'€': "EUR", '£': "GBP", '¥': "JPY",
}

// alphabets are letters with what passports write for them, in pairs: Cyrillic,
// Greek. Marks above and below are gone before they are looked up.
const alphabets = `а a б b в v г g ґ g д d ђ dj е e є ye ж zh з z и i і i ј j к k л l љ lj м m н n њ nj о o п p р r с s т t
	ћ c у u ф f х kh ц ts ч ch џ dz ш sh щ shch ы y э e ю yu я ya
	α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o`

var passport = func() map[rune]string {
	letters := map[rune]string{}
	pairs := strings.Fields(alphabets)
	for i := 0; i < len(pairs); i += 2 {
		r, _ := utf8.DecodeRuneInString(pairs[i])
		letters[r] = pairs[i+1]
	}
	return letters
}()

// spelling is a letter or mark in ASCII, or "" for one that has no likeness.
func spelling(r rune) string {
	if text, known := spelled[r]; known {
		return text
	}
	if text := passport[r]; text != "" {
		return text
	}
	if text := passport[unicode.ToLower(r)]; text != "" {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return ""
}

// MakeSafe makes the texts of an order fit for Antom in place: description,
// goods, buyer, shipping and environment. Texts are transliterated and cut to
// length; an address of a person (email, phone) that does not fit is left out,
// for a changed one would be another's. Ids, web addresses and amounts are left
// alone. A description or a goods name that nothing remains of becomes the
// reference id it stands beside; a person's name that nothing remains of is left
// out, for an empty one names no person.
func (o *Order) MakeSafe() {
	o.Description = firstOf(safe("orderDescription", o.Description), o.ReferenceOrderID)
	for i := range o.Goods {
		o.Goods[i].makeSafe()
	}
	if b := o.Buyer; b != nil {
		b.Name = b.Name.safe()
		b.Email = whole("buyerEmail", b.Email)
		b.PhoneNo = whole("buyerPhoneNo", b.PhoneNo)
	}
	if s := o.Shipping; s != nil {
		s.Name = s.Name.safe()
		s.Address.makeSafe()
		s.Carrier = safe("shippingCarrier", s.Carrier)
		s.PhoneNo = whole("shippingPhoneNo", s.PhoneNo)
		s.ShipToEmail = whole("shipToEmail", s.ShipToEmail)
	}
	o.Env.MakeSafe()
}

// MakeSafe makes what a browser said of itself fit for Antom, in place.
func (e *Env) MakeSafe() {
	if e == nil {
		return
	}
	for _, text := range []*string{
		&e.DeviceBrand, &e.DeviceModel, &e.DeviceLanguage, &e.OSVersion, &e.UserAgent,
	} {
		*text = safe("", *text)
	}
	if b := e.BrowserInfo; b != nil {
		b.AcceptHeader, b.Language, b.UserAgent = safe("", b.AcceptHeader), safe("", b.Language), safe("", b.UserAgent)
	}
}

// MakeSafe makes the texts of an entered card fit for Antom, in place: the cardholder's
// name and the billing address.
func (m *Metadata) MakeSafe() {
	if m == nil {
		return
	}
	m.CardholderName = m.CardholderName.safe()
	m.BillingAddress.makeSafe()
}

func (g *Goods) makeSafe() {
	g.Name = firstOf(safe("goodsName", g.Name), g.ReferenceGoodsID)
	g.Category = safe("goodsCategory", g.Category)
	g.Brand = safe("goodsBrand", g.Brand)
	g.SKUName = safe("goodsSkuName", g.SKUName)
}

func (n *UserName) safe() *UserName {
	if n == nil {
		return nil
	}
	plain := UserName{
		FirstName:  safe("firstName", n.FirstName),
		MiddleName: safe("middleName", n.MiddleName),
		LastName:   safe("lastName", n.LastName),
		FullName:   safe("fullName", n.FullName),
	}
	if plain == (UserName{}) {
		return nil
	}
	return &plain
}

// makeSafe drops a state that does not fit: cut off, it would be another one.
func (a *Address) makeSafe() {
	if a == nil {
		return
	}
	a.State = whole("state", a.State)
	a.City = safe("city", a.City)
	a.Address1 = safe("address1", a.Address1)
	a.Address2 = safe("address2", a.Address2)
	a.ZipCode = whole("zipCode", a.ZipCode)
}

// safe transliterates text and cuts it to the limit of the member name.
func safe(name, text string) string {
	limit, limited := limits[name]
	if !limited {
		limit = len(text) * 4 // no cut: no letter is spelled with more
	}
	return PlainText(text, limit)
}

// whole keeps text that Antom takes as it is, and drops any other.
func whole(name, text string) string {
	if len(textProblems(text, name, name)) > 0 {
		return ""
	}
	return text
}

func firstOf(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
