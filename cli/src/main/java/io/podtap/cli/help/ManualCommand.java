/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.help;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code podtap man DIR}: manual pages, one for each program; the build makes them so. */
@Command(name = "man", hidden = true, description = "Write manual pages into a folder.")
public final class ManualCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FOLDER", description = "Gets podtap.1 and one page for each program.")
  private Path folder = Path.of("");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    CommandLine root = spec.root().commandLine();
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("podtap.1"), ManualPage.of(root));
      for (CommandLine program : root.getSubcommands().values()) {
        if (!program.getCommandSpec().usageMessage().hidden()) {
          Files.writeString(
              folder.resolve("podtap-" + program.getCommandName() + ".1"), ManualPage.of(program));
        }
      }
      return 0;
    } catch (IOException e) {
      throw new SettingsException("folder '" + folder + "' cannot be written: " + e, e);
    }
  }
}
