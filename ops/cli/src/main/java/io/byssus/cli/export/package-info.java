/** The export of a whole namespace: formats, files and the way from one to the other. */
package io.byssus.cli.export;
