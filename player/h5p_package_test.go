package player

// The H5P package that a browser plays in tests, with libraries of its own.

const (
	firstQuestion  = "8a1f6c1e-33c5-4a9a-9b0c-0c8f1a4f0001"
	secondQuestion = "8a1f6c1e-33c5-4a9a-9b0c-0c8f1a4f0002"
)

// h5pQuiz is a library that runs others within itself.
const h5pQuiz = `
var H5P = H5P || {}
H5P.Drill = (function ($, EventDispatcher) {
  function Drill (params, contentId, extras) {
    EventDispatcher.call(this)
    var self = this
    self.contentId = contentId
    var before = (extras && extras.previousState) || { answers: [] }
    self.questions = params.questions.map(function (q, i) {
      var instance = H5P.newRunnable(q, contentId, undefined, true, { previousState: before.answers[i], parent: self })
      return instance
    })
    self.attach = function ($container) {
      $container.addClass('drill')
      self.questions.forEach(function (q) { q.attach($('<div class="question"></div>').appendTo($container)) })
      $('<button class="finish">Finish</button>').appendTo($container).on('click', self.finish)
      self.setActivityStarted()
      window.learnerName = H5PIntegration.user.name
    }
    self.getCurrentState = function () { return { answers: self.questions.map(function (q) { return q.getCurrentState() }) } }
    self.finish = function () {
      var score = self.questions.reduce(function (sum, q) { return sum + q.getScore() }, 0)
      self.triggerXAPIScored(score, self.questions.length, 'completed', true, score / self.questions.length >= params.pass)
    }
  }
  Drill.prototype = Object.create(EventDispatcher.prototype)
  Drill.prototype.constructor = Drill
  return Drill
})(H5P.jQuery, H5P.EventDispatcher)
`

const h5pQuestion = `
var H5P = H5P || {}
H5P.DrillQuestion = (function ($, EventDispatcher) {
  function Question (params, contentId, extras) {
    EventDispatcher.call(this)
    var self = this
    self.contentId = contentId
    self.subContentId = extras.subContentId
    var chosen = extras.previousState && typeof extras.previousState.chosen === 'number' ? extras.previousState.chosen : null
    self.attach = function ($container) {
      $('<p></p>').text(params.text).appendTo($container)
      params.choices.forEach(function (text, i) {
        $('<button></button>').addClass('choice' + i).text(text).attr('aria-pressed', String(i === chosen)).appendTo($container).on('click', function () { answer(i, $container) })
      })
      self.setActivityStarted()
    }
    function answer (i, $container) {
      chosen = i
      $container.find('button').attr('aria-pressed', 'false').eq(i).attr('aria-pressed', 'true')
      var event = self.createXAPIEventTemplate('answered')
      var definition = event.getVerifiedStatementValue(['object', 'definition'])
      definition.name = { 'en-US': params.text }
      definition.description = { 'en-US': params.text }
      definition.type = 'http://adlnet.gov/expapi/activities/cmi.interaction'
      definition.interactionType = 'choice'
      definition.correctResponsesPattern = [String(params.right)]
      definition.choices = params.choices.map(function (text, i) { return { id: String(i), description: { 'en-US': text } } })
      event.setScoredResult(self.getScore(), 1, self, true, chosen === params.right)
      event.data.statement.result.response = String(i)
      self.trigger(event)
    }
    self.getScore = function () { return chosen === params.right ? 1 : 0 }
    self.getCurrentState = function () { return { chosen: chosen } }
  }
  Question.prototype = Object.create(EventDispatcher.prototype)
  Question.prototype.constructor = Question
  return Question
})(H5P.jQuery, H5P.EventDispatcher)
`

// h5pPackage is a drill of two questions, of which one has to be right.
func h5pPackage() map[string]string {
	return map[string]string{
		"h5p.json": `{"title":"Fire drill","language":"en","mainLibrary":"H5P.Drill","embedTypes":["iframe"],"license":"U",
"preloadedDependencies":[{"machineName":"H5P.Drill","majorVersion":1,"minorVersion":2},{"machineName":"H5P.DrillQuestion","majorVersion":"1","minorVersion":"0"}]}`,
		"content/content.json": `{"pass":0.5,"questions":[
{"library":"H5P.DrillQuestion 1.0","subContentId":"` + firstQuestion + `","metadata":{"title":"First"},"params":{"text":"What comes first?","choices":["Run","Alarm"],"right":1}},
{"library":"H5P.DrillQuestion 1.0","subContentId":"` + secondQuestion + `","metadata":{"title":"Second"},"params":{"text":"And then?","choices":["Leave","Wait"],"right":0}}]}`,
		"H5P.Drill-1.2/library.json": `{"title":"Drill","machineName":"H5P.Drill","majorVersion":1,"minorVersion":2,"patchVersion":3,"runnable":1,
"preloadedJs":[{"path":"drill.js"}],"preloadedCss":[{"path":"drill.css"}],"preloadedDependencies":[{"machineName":"H5P.DrillQuestion","majorVersion":1,"minorVersion":0}]}`,
		"H5P.Drill-1.2/drill.js":             h5pQuiz,
		"H5P.Drill-1.2/drill.css":            `.drill { padding: 1rem; }`,
		"H5P.DrillQuestion-1.0/library.json": `{"title":"Question","machineName":"H5P.DrillQuestion","majorVersion":1,"minorVersion":0,"patchVersion":0,"runnable":0,"preloadedJs":[{"path":"question.js"}]}`,
		"H5P.DrillQuestion-1.0/question.js":  h5pQuestion,
	}
}
