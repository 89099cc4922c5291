'use strict'
// Loaded within the frame of H5P content, behind the core and before the content
// begins: what content keeps goes to our page, and not to an address of its own.
;(function () {
  const keeper = window.parent.userData
  H5P.getUserData = function (contentId, dataId, done, subContentId) {
    let value
    try {
      const text = keeper.get(subContentId, dataId)
      value = text === undefined ? undefined : JSON.parse(text)
    } catch (error) {
      done(error)
      return
    }
    done(undefined, value)
  }
  H5P.setUserData = function (contentId, dataId, data, extras) {
    try {
      keeper.set(extras && extras.subContentId, dataId, JSON.stringify(data))
    } catch (error) {
      if (extras && extras.errorCallback) extras.errorCallback(error)
    }
  }
  H5P.deleteUserData = function (contentId, dataId, subContentId) { keeper.set(subContentId, dataId, undefined) }
})()
