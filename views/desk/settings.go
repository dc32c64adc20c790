package desk

// Settings is the page of what the operator has decided.
type Settings struct {
	Frame
	Rows       []SettingRow
	Steps      []Step
	Findings   []Finding
	ExamineURL string // "" for those who may not examine
}

// SettingRow is one setting.
type SettingRow struct {
	Name, Value string
	Secret      bool
	From        string // a key below source.
}

// Step is something that a shop needs before real payments.
type Step struct {
	Key  string // below live.
	Done bool
}

// Finding is what an examination has seen.
type Finding struct {
	Check, Text, Cure string
	Result            Status
}
