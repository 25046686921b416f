/**
 * What every call of the dispatcher needs, whether it reads or writes: until when it is answered
 * and how, which namespace it means, how it is counted. Knows neither replicas nor the log.
 */
package io.byssus.dispatcher.calls;
