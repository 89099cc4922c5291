var H5P = H5P || {}
H5P.Drill = (function ($, EventDispatcher) {
  function Drill (params, contentId) {
    EventDispatcher.call(this)
    this.contentId = contentId
    this.attach = function ($container) {
      $('<button class="finish">Finish</button>').appendTo($container).on('click', this.finish)
      this.setActivityStarted()
    }
    this.finish = () => this.triggerXAPIScored(3, 4, 'completed', true, true)
  }
  Drill.prototype = Object.create(EventDispatcher.prototype)
  Drill.prototype.constructor = Drill
  return Drill
})(H5P.jQuery, H5P.EventDispatcher)
