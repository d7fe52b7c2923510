#pragma once

namespace Weave {

// Lets screen readers know a PlotWidget as a chart. Qt knows a widget of one's own as nothing but a
// part of the layout, which some readers pass over. May be called more than once.
void makePlotsAccessible();

} // namespace Weave
