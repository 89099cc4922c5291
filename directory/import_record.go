package directory

// Import is what a file brought into the directory.
type Import struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"` // people, units, groups or headcounts
	File      string `json:"file,omitempty"`
	SHA256    string `json:"sha256,omitempty"`
	By        string `json:"by,omitempty"`
	Complete  bool   `json:"complete,omitempty"`
	Rows      int    `json:"rows"`
	New       int    `json:"new"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
	LeftOut   int    `json:"leftOut"`
	Merged    int    `json:"merged"`
	At        int64  `json:"at"`
	Version   int64  `json:"-"`
}
