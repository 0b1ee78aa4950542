package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.parse.files.FileStream;
import org.jspecify.annotations.Nullable;

/** What the control connection learns of a data connection. One thread. */
final class Transfer {

  /** The file that it carries, once bytes have come. */
  @Nullable FileStream file;
}
