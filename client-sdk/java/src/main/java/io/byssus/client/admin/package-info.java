/** What {@link io.byssus.client.AdminClient} answers: plain immutable values. */
package io.byssus.client.admin;
