#pragma once

namespace mimamori::simulate {

/// Forgets every key, so that a simulation does not depend on those before it and a long run needs no
/// more memory than a short one. Call between simulations.
void forget_fake_keys();

}  // namespace mimamori::simulate
