/**
 * What dispatchers, and SDKs in direct mode, share of reading in pages: what a scan selects, and
 * the form of the page tokens that go on where a page ended.
 */
package io.byssus.clustermap.scans;
