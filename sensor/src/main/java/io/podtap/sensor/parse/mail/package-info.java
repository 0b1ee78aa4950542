/**
 * Mail as it travels inside SMTP and POP3: the head, and the files in it.
 *
 * <p>In: a mail line by line, without the dots that its protocol adds. Out: the fields of its head,
 * to the receiver, and the decoded content of each entity, to {@link
 * io.podtap.sensor.parse.files.Files}; nothing of the content is kept. No protocol of its own. One
 * thread.
 *
 * @see "RFC 5322; RFC 2045 section 6; RFC 2046 section 5.1.1"
 */
@NullMarked
package io.podtap.sensor.parse.mail;

import org.jspecify.annotations.NullMarked;
