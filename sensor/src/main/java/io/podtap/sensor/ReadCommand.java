package io.podtap.sensor;

import io.podtap.core.config.Program;
import picocli.CommandLine.Command;

/** {@code podtap read}. */
@Command(name = "read", description = "Write the logs of a capture file.")
public final class ReadCommand implements Program {

  @Override
  public Integer call() {
    throw new IllegalStateException("not assembled yet");
  }
}
