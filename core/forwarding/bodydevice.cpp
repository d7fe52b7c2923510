#include "forwarding/bodydevice.h"

namespace Weave {

BodyDevice::BodyDevice(RequestBody body, QObject *parent)
    : QIODevice(parent)
    , m_body(std::move(body))
{
    // Unbuffered: Qt's own read buffer would copy every byte once more.
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

qint64 BodyDevice::size() const
{
    return static_cast<qint64>(m_body.size());
}

bool BodyDevice::seek(qint64 position)
{
    if (position < 0 || position > size() || !QIODevice::seek(position))
        return false;
    m_body.seek(static_cast<std::size_t>(position));
    return true;
}

qint64 BodyDevice::readData(char *data, qint64 maxSize)
{
    return static_cast<qint64>(m_body.read(data, static_cast<std::size_t>(maxSize)));
}

qint64 BodyDevice::writeData(const char *, qint64)
{
    return -1;
}

} // namespace Weave
