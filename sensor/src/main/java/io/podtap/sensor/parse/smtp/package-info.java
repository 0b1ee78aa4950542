/**
 * SMTP: commands, replies, the heads of mails and the files in them; {@code smtp.log}.
 *
 * <p>Everything is read line by line; a mail's content is decoded and handed to {@link
 * io.podtap.sensor.parse.files.Files} as it comes, nothing of it is kept. Behind STARTTLS the
 * connection is TLS. One thread.
 *
 * @see "RFC 5321; RFC 3030 (BDAT); RFC 3207; RFC 5322; RFC 2045 section 6; RFC 2046 section 5.1.1"
 */
@NullMarked
package io.podtap.sensor.parse.smtp;

import org.jspecify.annotations.NullMarked;
