package sandbox

import (
	"strconv"
	"strings"
	"time"

	"antom-checkout/antom"
)

// riskAmount is Antom's trigger for a refusal of the risk control.
const riskAmount = 11

// card is what a buyer types. It lives for one act and is kept nowhere.
type card struct {
	Number, ExpiryMonth, ExpiryYear, CVV string
	Holder                               *antom.UserName // nil: the buyer was not asked
	OnFile                               bool            // the merchant has stored it, and may not have stored its CVV
}

// testCard is a number that Antom publishes for its sandbox.
type testCard struct {
	Number, Name, Brand, Region string
	Refused                     antom.ResultCode // empty = it pays
	Bank                        bankHabit        // empty = it asks the buyer where the merchant requires it
	CoBrand                     string           // the second brand of a co-badged card
	Country, Funding            string           // empty = the region's, CREDIT
	AVS, CVV                    string           // what the bank says whatever is sent; empty = it compares
}

// testCards are Antom's, and after them the sandbox's own. Which codes the failing ones of
// Antom answer is not documented.
var testCards = []testCard{
	{Number: "4054695723100768", Name: "Visa that pays", Brand: "VISA", Region: "GLOBAL"},
	{Number: "5162774114974622", Name: "Mastercard that pays", Brand: "MASTERCARD", Region: "GLOBAL"},
	{Number: "4054692760174822", Name: "Visa that is refused", Brand: "VISA", Region: "GLOBAL", Refused: "ACCESS_DENIED"},
	{Number: "5162770472561357", Name: "Mastercard that is refused", Brand: "MASTERCARD", Region: "GLOBAL", Refused: "ACCESS_DENIED"},
	{Number: "4035501000000008", Name: "Visa without 3-D Secure challenge", Brand: "VISA", Region: "GLOBAL", Bank: neverAsks},
	{Number: "9490220011669217", Name: "Hyundai (Korea)", Brand: "HYUNDAI", Region: "KR"},
	{Number: "4294097400915107", Name: "Visa (Brazil)", Brand: "VISA", Region: "BR"},
	{Number: "4006055482525268", Name: "Visa (Mexico)", Brand: "VISA", Region: "MX"},
	{Number: "4600729331819383", Name: "Visa (Chile)", Brand: "VISA", Region: "CL"},
	{Number: "4310377720003234", Name: "Visa (Peru)", Brand: "VISA", Region: "PE"},
	{Number: "4054690000006515", Name: "Visa whose bank demands 3-D Secure", Brand: "VISA", Region: "GLOBAL", Bank: demandsThreeDS},
	{Number: "5162770000006511", Name: "Mastercard whose bank demands 3-D Secure", Brand: "MASTERCARD", Region: "GLOBAL", Bank: demandsThreeDS},
	{Number: "4054690000003025", Name: "Visa whose bank always asks", Brand: "VISA", Region: "GLOBAL", Bank: alwaysAsks},
	{Number: "4054690000004114", Name: "Visa whose billing address does not fit", Brand: "VISA", Region: "GLOBAL", AVS: "N"},
	{Number: "5162770000004110", Name: "Mastercard whose security code does not fit", Brand: "MASTERCARD", Region: "GLOBAL", CVV: "D"},
	{Number: "4054690000005111", Name: "Visa without money", Brand: "VISA", Region: "GLOBAL", Refused: "USER_BALANCE_NOT_ENOUGH"},
	{Number: "5162770000005117", Name: "Mastercard without money, to be tried a day later", Brand: "MASTERCARD", Region: "GLOBAL", Refused: "USER_BALANCE_NOT_ENOUGH"},
	{Number: "5162770000004318", Name: "Mastercard that was stolen", Brand: "MASTERCARD", Region: "GLOBAL", Refused: "STOLEN_CARD"},
	{Number: "4970100000000212", Name: "Visa and Cartes Bancaires on one card", Brand: "VISA", CoBrand: "CARTES_BANCAIRES", Region: "GLOBAL", Country: "FR", Funding: "DEBIT"},
	{Number: "371449000000000", Name: "American Express, whose security code has four digits", Brand: "AMEX", Region: "GLOBAL"},
}

func testCardOf(number string) (testCard, bool) {
	for _, t := range testCards {
		if t.Number == number {
			return t, true
		}
	}
	return testCard{}, false
}

// usualCard is the card that pays where the test names none.
func (p *Payment) usualCard() *card { return usualCard(p.Currency) }

func usualCard(currency string) *card {
	number := testCards[0].Number
	if currency == "KRW" {
		number = "9490220011669217"
	}
	return &card{Number: number, ExpiryMonth: "12", ExpiryYear: "39", CVV: "123"}
}

// digitsOf drops the spaces and dashes that people type.
func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		if r == ' ' || r == '-' {
			return -1
		}
		return 'x'
	}, text)
}

// outcome is why the card is refused, or "" when it pays.
func (c *card) outcome(now time.Time) antom.ResultCode {
	number := digitsOf(c.Number)
	known, isTest := testCardOf(number)
	if !isTest && (len(number) < 12 || len(number) > 19 || !luhn(number)) {
		return "INVALID_CARD_NUMBER"
	}
	month, monthErr := strconv.Atoi(c.ExpiryMonth)
	year, yearErr := strconv.Atoi(c.ExpiryYear)
	switch {
	case monthErr != nil || yearErr != nil || month < 1 || month > 12 || year < 0 || year > 99:
		return "INVALID_EXPIRATION_DATE"
	case time.Date(2000+year, time.Month(month)+1, 1, 0, 0, 0, 0, time.UTC).Before(now):
		return "CARD_EXPIRED"
	case !validCVV(c.CVV, brandOf(number)) && !(c.CVV == "" && (c.OnFile || known.Region == "KR")):
		return "INVALID_CVV"
	}
	return known.Refused
}

// bankRefuses is why the card's bank refuses, "" if it pays.
func (c *card) bankRefuses() antom.ResultCode {
	known, _ := testCardOf(digitsOf(c.Number))
	return known.Refused
}

// habit is how the card's bank acts.
func (c *card) habit() bankHabit {
	known, _ := testCardOf(digitsOf(c.Number))
	return known.Bank
}

// validCVV checks the form of a security code: four digits of American Express, three of
// all others.
func validCVV(cvv, brand string) bool {
	length := 3
	if brand == "AMEX" {
		length = 4
	}
	digits := digitsOf(cvv)
	return digits == cvv && !strings.Contains(digits, "x") && len(cvv) == length
}

// luhn is the check digit of card numbers.
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		digit := int(number[len(number)-1-i] - '0')
		if digit > 9 {
			return false
		}
		if i%2 == 1 {
			digit = digit*2/10 + digit*2%10
		}
		sum += digit
	}
	return sum%10 == 0
}

// brandOf is a card's brand, by the first digits of its number.
func brandOf(number string) string {
	number = digitsOf(number)
	if known, isTest := testCardOf(number); isTest {
		return known.Brand
	}
	begins := func(digits int) int {
		if len(number) < digits {
			return -1
		}
		n, err := strconv.Atoi(number[:digits])
		if err != nil {
			return -1
		}
		return n
	}
	two, three, four, six := begins(2), begins(3), begins(4), begins(6)
	switch {
	case begins(1) == 4:
		return "VISA"
	case two >= 51 && two <= 55, four >= 2221 && four <= 2720:
		return "MASTERCARD"
	case two == 34, two == 37:
		return "AMEX"
	case four >= 3528 && four <= 3589:
		return "JCB"
	case two == 36, two == 38, three >= 300 && three <= 305:
		return "DINERS"
	case four == 6011, two == 65, three >= 644 && three <= 649, six >= 622126 && six <= 622925:
		return "DISCOVER"
	case two == 62:
		return "CUP"
	case two == 50, two >= 56 && two <= 58, two == 67:
		return "MAESTRO"
	}
	return ""
}

// reported is what Antom tells of a card: its token only once the payment has succeeded.
func (p *Payment) reported() *antom.PaymentResultInfo {
	if p.Card == nil || p.Status == antom.PaymentSuccess {
		return p.Card
	}
	info := *p.Card
	info.CardToken = ""
	return &info
}

// cardInfo is what stands of a card in cardInfo, where Antom's documents show the token.
// It has fewer members than paymentResultInfo.
func (p *Payment) cardInfo() *antom.PaymentResultInfo {
	if p.Card == nil {
		return nil
	}
	return &antom.PaymentResultInfo{
		CardNo: p.Card.CardNo, CardBrand: p.Card.CardBrand, CardToken: p.reported().CardToken, IssuingCountry: p.Card.IssuingCountry,
		Funding: p.Card.Funding, PaymentMethodRegion: p.Card.PaymentMethodRegion, ThreeDSResult: p.Card.ThreeDSResult,
	}
}

// cardMistake is what the buyer has to correct before the card is tried, "" if
// there is nothing.
func cardMistake(c *card, now time.Time) string {
	switch c.outcome(now) {
	case "INVALID_CARD_NUMBER":
		return "This card number is not complete or has a mistake in it."
	case "INVALID_EXPIRATION_DATE":
		return "The expiry month goes from 01 to 12."
	case "CARD_EXPIRED":
		return "This card has expired."
	case "INVALID_CVV":
		return "The security code has three digits, that of American Express four."
	}
	return ""
}

func lastTwo(year string) string {
	if len(year) == 4 {
		return year[2:]
	}
	return year
}
