package io.podtap.tap;

import io.podtap.core.config.Program;
import picocli.CommandLine.Command;

/** {@code podtap tap}. */
@Command(name = "tap", description = "Mirror the traffic of an interface to a sensor.")
public final class TapCommand implements Program {

  @Override
  public Integer call() {
    throw new IllegalStateException("not assembled yet");
  }
}
