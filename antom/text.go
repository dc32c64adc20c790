package antom

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// PlainText makes text fit for a request: letters lose their accents, a few others
// are spelled out, whatever has no likeness in ASCII is dropped, spaces are
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
			b.WriteString(spelled[r])
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

// MakeSafe makes the words of an order fit for Antom in place: description,
// goods, buyer, shipping and environment. Words are transliterated and cut to
// length; an address of a person (e-mail, phone) that does not fit is dropped,
// for a changed one would be another's. Ids, web addresses and amounts are left
// alone. A description or a goods name that nothing remains of becomes the
// reference id it stands beside.
func (o *Order) MakeSafe() {
	o.Description = firstOf(safe("orderDescription", o.Description), o.ReferenceOrderID)
	for i := range o.Goods {
		o.Goods[i].makeSafe()
	}
	if b := o.Buyer; b != nil {
		b.Name.makeSafe()
		b.Email = whole("buyerEmail", b.Email)
		b.PhoneNo = whole("buyerPhoneNo", b.PhoneNo)
	}
	if s := o.Shipping; s != nil {
		s.Name.makeSafe()
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

func (g *Goods) makeSafe() {
	g.Name = firstOf(safe("goodsName", g.Name), g.ReferenceGoodsID)
	g.Category = safe("goodsCategory", g.Category)
	g.Brand = safe("goodsBrand", g.Brand)
	g.SKUName = safe("goodsSkuName", g.SKUName)
}

func (n *UserName) makeSafe() {
	if n == nil {
		return
	}
	n.FirstName = safe("firstName", n.FirstName)
	n.MiddleName = safe("middleName", n.MiddleName)
	n.LastName = safe("lastName", n.LastName)
	n.FullName = safe("fullName", n.FullName)
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
