package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapSize;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one control connection; a record is what it holds after a command. */
final class FtpRow {

  private static final Set<String> GUESTS = Set.of("anonymous", "ftp", "ftpuser", "guest");
  private static final String HIDDEN = "<hidden>";

  final Flow flow;
  long timeNs;
  String user = "<unknown>";
  @Nullable String password;
  String command = "";
  String argument = "";
  long fileBytes = -1;
  int replyCode = -1;
  String replyText = "";
  @Nullable DataAddress data;
  boolean passive;

  /** The data connection that is or was under way. */
  @Nullable Transfer transfer;

  FtpRow(Flow flow) {
    this.flow = flow;
  }

  /** Returns the password of a guest, which is none; others' are hidden. */
  @Nullable String shownPassword() {
    boolean guest = GUESTS.contains(user.toLowerCase(Locale.ROOT));
    return password == null || guest ? password : HIDDEN;
  }

  /** Returns the heap that its texts take. */
  long heapBytes() {
    return HeapSize.text(user)
        + HeapSize.text(password)
        + HeapSize.text(argument)
        + HeapSize.text(replyText);
  }

  /** Forgets what belongs to one command only. */
  void clear() {
    fileBytes = -1;
    data = null;
    transfer = null;
  }
}
