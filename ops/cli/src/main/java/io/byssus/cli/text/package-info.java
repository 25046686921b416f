/** Text for terminals: tables, and how wide characters are. */
package io.byssus.cli.text;
