package gen

import "strconv"

// appendResult appends ,"result":{…} when the verb asks for one.
func (p *plan) appendResult(dst []byte, r *rng) []byte {
	if p.verb.outcome == noResult {
		return dst
	}
	dst = append(dst, `,"result":{`...)
	switch p.verb.outcome {
	case duration:
		dst = appendDuration(dst, 5+r.below(600), r.below(100))
	case response:
		dst = append(append(dst, p.answer...), ',')
		dst = appendDuration(dst, 3+r.below(90), r.below(100))
	case progress:
		dst = append(dst, `"completion":false,"extensions":{"https://w3id.org/xapi/cmi5/result/extensions/progress":`...)
		dst = strconv.AppendInt(dst, int64(1+r.below(99)), 10)
		dst = append(dst, '}')
	case completed:
		dst = append(dst, `"completion":true,`...)
		dst = appendDuration(dst, 60+r.below(3000), 0)
	case passedIt:
		dst = append(appendScore(dst, 12+r.below(9)), `,"success":true,"completion":true,`...)
		dst = appendDuration(dst, 300+r.below(2400), r.below(100))
	case failedIt:
		dst = append(appendScore(dst, r.below(12)), `,"success":false,`...)
		dst = appendDuration(dst, 300+r.below(2400), r.below(100))
	case scoredIt:
		dst = appendScore(dst, r.below(21))
	}
	return append(dst, '}')
}

// appendScore appends a score of points out of 20.
func appendScore(dst []byte, points int) []byte {
	dst = append(dst, `"score":{"scaled":`...)
	switch scaled := points * 5; {
	case scaled == 100:
		dst = append(dst, '1')
	case scaled == 0:
		dst = append(dst, '0')
	default:
		dst = append(dst, '0', '.', byte('0'+scaled/10))
		if scaled%10 != 0 {
			dst = append(dst, byte('0'+scaled%10))
		}
	}
	dst = append(dst, `,"raw":`...)
	dst = strconv.AppendInt(dst, int64(points), 10)
	return append(dst, `,"min":0,"max":20}`...)
}

// appendDuration appends a duration as players write it: PT4M32.15S, PT9S.
func appendDuration(dst []byte, seconds, hundredths int) []byte {
	dst = append(dst, `"duration":"PT`...)
	if seconds >= 60 {
		dst = strconv.AppendInt(dst, int64(seconds/60), 10)
		dst = append(dst, 'M')
	}
	dst = strconv.AppendInt(dst, int64(seconds%60), 10)
	if hundredths > 0 {
		dst = append(dst, '.', byte('0'+hundredths/10), byte('0'+hundredths%10))
	}
	return append(dst, `S"`...)
}

// appendTime appends an instant of a day, in UTC or as a clock in Germany in
// winter shows it.
func appendTime(dst []byte, date string, millis int, local bool) []byte {
	if local {
		millis += 3_600_000
	}
	seconds := millis / 1000
	dst = append(append(dst, date...), 'T')
	dst = append(appendTwo(dst, seconds/3600), ':')
	dst = append(appendTwo(dst, seconds/60%60), ':')
	dst = append(appendTwo(dst, seconds%60), '.')
	millis %= 1000
	dst = append(dst, byte('0'+millis/100))
	dst = appendTwo(dst, millis%100)
	if local {
		return append(dst, "+01:00"...)
	}
	return append(dst, 'Z')
}

func appendTwo(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}
