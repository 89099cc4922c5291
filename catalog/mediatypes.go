package catalog

import (
	"path"
	"strings"
)

// unknownType is for all other extensions: a browser downloads it.
const unknownType = "application/octet-stream"

// mediaTypes are the types of files by extension: a table of our own, as that of
// a system differs from machine to machine. What a file contains is never asked:
// it must not turn a picture into a page.
var mediaTypes = map[string]string{
	"html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8", "xhtml": "application/xhtml+xml", "xht": "application/xhtml+xml",
	"js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8", "cjs": "text/javascript; charset=utf-8",
	"css": "text/css; charset=utf-8", "json": "application/json", "map": "application/json", "jsonld": "application/ld+json",
	"xml": "application/xml", "xsd": "application/xml", "xsl": "application/xml", "dtd": "application/xml-dtd",
	"txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8", "vtt": "text/vtt; charset=utf-8", "srt": "application/x-subrip",
	"webmanifest": "application/manifest+json", "appcache": "text/cache-manifest", "properties": "text/plain; charset=utf-8",

	"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "jpe": "image/jpeg", "jfif": "image/jpeg", "gif": "image/gif",
	"webp": "image/webp", "avif": "image/avif", "apng": "image/apng", "bmp": "image/bmp", "ico": "image/x-icon", "cur": "image/x-icon", "tif": "image/tiff", "tiff": "image/tiff",
	"woff2": "font/woff2", "woff": "font/woff", "ttf": "font/ttf", "otf": "font/otf", "eot": "application/vnd.ms-fontobject",

	"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg", "mov": "video/quicktime", "avi": "video/x-msvideo", "mpg": "video/mpeg", "mpeg": "video/mpeg",
	"wmv": "video/x-ms-wmv", "flv": "video/x-flv", "m3u8": "application/vnd.apple.mpegurl", "mpd": "application/dash+xml", "ts": "video/mp2t", "m4s": "video/iso.segment",
	"mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "oga": "audio/ogg", "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav", "flac": "audio/flac", "weba": "audio/webm", "mid": "audio/midi",

	"wasm": "application/wasm", "pdf": "application/pdf", "zip": "application/zip", "h5p": "application/zip", "swf": "application/x-shockwave-flash",
	"gltf": "model/gltf+json", "glb": "model/gltf-binary", "epub": "application/epub+zip", "ics": "text/calendar; charset=utf-8", "rtf": "application/rtf",
	"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"odt":  "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet", "odp": "application/vnd.oasis.opendocument.presentation",
}

// MediaType is the type of a file by the extension of its name, in any letter
// case.
func MediaType(name string) string {
	if t := mediaTypes[strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))]; t != "" {
		return t
	}
	return unknownType
}
