/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.injector.inject.InjectedOption;
import java.util.Objects;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives a program with {@link TapOptions} an option for each {@link InjectedOption}. Picocli makes
 * it.
 */
public final class DeclaredTapOptions implements IModelTransformer {

  @Override
  public CommandSpec transform(CommandSpec command) {
    for (CommandSpec mixin : command.mixins().values()) {
      if (mixin.userObject() instanceof TapOptions options) {
        for (InjectedOption option : InjectedOption.values()) {
          command.addOption(spec(option, options));
        }
      }
    }
    return command;
  }

  private static OptionSpec spec(InjectedOption option, TapOptions options) {
    OptionSpec.Builder spec =
        OptionSpec.builder(option.programOption())
            .paramLabel(option.label())
            .description(option.description().toArray(String[]::new))
            .type(String.class)
            .setter(new Given(option, options));
    return option.initial().isEmpty() ? spec.build() : spec.defaultValue(option.initial()).build();
  }

  /** Takes what picocli reads; nothing where the option is not given. */
  private record Given(InjectedOption option, TapOptions options) implements ISetter {

    @Override
    public <T> T set(T value) {
      options.set(option, Objects.toString(value, ""));
      return value;
    }
  }
}
