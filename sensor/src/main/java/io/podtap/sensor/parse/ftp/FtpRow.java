/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapSize;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one control connection; a record is what it holds after a command. */
final class FtpRow {

  private static final Set<String> GUESTS = Set.of("anonymous", "ftp", "ftpuser", "guest");
  static final String HIDDEN = "<hidden>";

  final Flow flow;
  long timeNs;
  String user = "<unknown>";
  @Nullable String password;

  /** Whether the password is one to hide: known once its command is done. */
  boolean passwordHidden;

  String command = "";
  String argument = "";
  long fileBytes = -1;
  int replyCode = -1;
  String replyText = "";
  @Nullable DataAddress data;
  boolean passive;

  /** Of the file that a data connection carries. */
  @Nullable String fuid;

  @Nullable String mimeType;

  /** Whether a command that makes a record was seen. */
  boolean commandLogged;

  FtpRow(Flow flow) {
    this.flow = flow;
  }

  /** Returns whether the user is one whose password says nothing. */
  boolean isGuest() {
    return GUESTS.contains(user.toLowerCase(Locale.ROOT));
  }

  /** Returns the password of a guest; others' are hidden, whatever became of the login. */
  @Nullable String shownPassword() {
    return password == null || (isGuest() && !passwordHidden) ? password : HIDDEN;
  }

  /** Returns the heap that its texts take. */
  long heapBytes() {
    return HeapSize.text(user)
        + HeapSize.text(password)
        + HeapSize.text(argument)
        + HeapSize.text(replyText)
        + HeapSize.text(fuid)
        + HeapSize.text(mimeType);
  }

  /** Forgets the reply: which one came is unknown. */
  void clearReply() {
    replyCode = -1;
    replyText = "";
  }

  /** Forgets what belongs to one command only. */
  void clear() {
    fileBytes = -1;
    data = null;
    fuid = null;
    mimeType = null;
  }
}
