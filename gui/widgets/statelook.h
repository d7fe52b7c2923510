#pragma once

#include "client/appstate.h"
#include "widgets/trayicons.h"

namespace Weave {

[[nodiscard]] constexpr TrayLook lookOf(AppState::Kind kind)
{
    switch (kind) {
    case AppState::Kind::Idle:
        return TrayLook::Idle;
    case AppState::Kind::Sending:
        return TrayLook::Sending;
    case AppState::Kind::Paused:
        return TrayLook::Paused;
    case AppState::Kind::Trouble:
        break;
    }
    return TrayLook::Trouble;
}

} // namespace Weave
