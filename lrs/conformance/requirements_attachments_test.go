package conformance

// The requirements on attachments and signatures: Comm 1.5 and Data 2.4.11, 2.6
// of 1.0.3, 4.1.3, 4.2.2.6 and 4.2.6 of 2.0.
var attachmentRequirements = []requirement{
	{"XAPI-00115", both, "Data 2.6", "4.2.6", "A signature is a JSON web signature in an attachment of the type application/octet-stream.", "attachment-signature-type"},
	{"XAPI-00116", both, "Data 2.6", "4.2.6", "The payload of a signature is the statement, as JSON, id included.", ""},
	{"XAPI-00117", both, "Data 2.6", "4.2.6", "A signature is RS256, RS384 or RS512.", ""},
	{"OWN-SIGNATURE-X5C", both, "Data 2.6", "4.2.6", "A certificate in a signature fits it.", ""},
	{"XAPI-00127", both, "Comm 1.5.1", "4.1.3", "Statements with attachments come as application/json or multipart/mixed.", ""},
	{"XAPI-00128", both, "Comm 1.5.2", "4.1.3", "Parts that belong to no attachment are refused.", ""},
	{"XAPI-00129", both, "Comm 1.5.1", "4.1.3", "An attachment that comes as application/json has a fileUrl.", ""},
	{"XAPI-00130", both, "Comm 1.5.2", "4.1.3", "Every part begins with the boundary.", ""},
	{"XAPI-00131", both, "Comm 1.5.2", "4.1.3", "multipart/mixed says its boundary.", ""},
	{"XAPI-00132", both, "Comm 1.5.2", "4.1.3", "Every part but the first has the hash of an attachment as X-Experience-API-Hash.", ""},
	{"XAPI-00133", both, "Comm 1.5.2", "4.1.3", "All statements are in the first part.", ""},
	{"XAPI-00134", both, "Comm 1.5.2", "4.1.3", "The first part is application/json.", ""},
	{"XAPI-00135", both, "Comm 1.5.2", "4.1.3", "The Content-Transfer-Encoding of parts is binary.", ""},
	{"XAPI-00167", both, "Comm 2.1.3", "4.1.6.1", "attachments=true answers multipart/mixed, with the data of all attachments.", ""},
	{"V2-ATTACHMENT-FORMS", both, "Comm 1.5.2", "4.1.3", "multipart/mixed is taken without attachments, and with a fileUrl alone.", ""},
	{"OWN-ATTACHMENT-BYTES", both, "Comm 1.5.2, 2.1.3", "4.1.3", "Data come back byte by byte; what two statements share is sent once.", ""},
	{"OWN-ATTACHMENT-HASH", both, "Comm 1.5.2", "4.1.3", "Data that have another hash or length than was said are refused.", ""},
}
