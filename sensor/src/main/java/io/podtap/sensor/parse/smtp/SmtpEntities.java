/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.parse.mail.Mail;

/** Counts the parts of all mails of one connection, and leads what is in them to their rows. */
final class SmtpEntities {

  private int count;

  /** Returns what takes the fields and files of one mail. */
  Mail.Receiver of(SmtpRow row) {
    return new Mail.Receiver() {
      @Override
      public void field(String name, String value) {
        row.header(name, value);
      }

      @Override
      public void file(String fuid) {
        row.addFile(fuid);
      }

      @Override
      public int nextEntity() {
        count++;
        return count;
      }
    };
  }
}
